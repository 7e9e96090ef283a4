export { getMany } from './getMany';
export { send } from './send';
