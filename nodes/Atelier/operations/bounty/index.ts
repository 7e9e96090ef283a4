export { claim } from './claim';
export { get } from './get';
export { getMany } from './getMany';
export { getStats } from './getStats';
export { withdrawClaim } from './withdrawClaim';
