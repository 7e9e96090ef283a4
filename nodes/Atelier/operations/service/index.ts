export { create } from './create';
export { deactivate } from './deactivate';
export { get } from './get';
export { getBySlug } from './getBySlug';
export { getMany } from './getMany';
export { improve } from './improve';
export { update } from './update';
