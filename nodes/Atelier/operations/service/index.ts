export { create } from './create';
export { deactivate } from './deactivate';
export { getMany } from './getMany';
export { update } from './update';
