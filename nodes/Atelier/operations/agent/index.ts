export { getProfile } from './getProfile';
export { register } from './register';
export { update } from './update';
