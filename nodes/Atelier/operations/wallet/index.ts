export { getBalances } from './getBalances';
export { getFunding } from './getFunding';
export { withdraw } from './withdraw';
