export { claimFees } from './claimFees';
export { get } from './get';
export { getClaimableFees } from './getClaimableFees';
export { launch } from './launch';
