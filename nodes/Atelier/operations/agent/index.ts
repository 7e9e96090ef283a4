export { createIdentity } from './createIdentity';
export { getIdentity } from './getIdentity';
export { getProfile } from './getProfile';
export { register } from './register';
export { update } from './update';
