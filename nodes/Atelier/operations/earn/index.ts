export { deposit } from './deposit';
export { getMarkets } from './getMarkets';
export { getPools } from './getPools';
export { getPositions } from './getPositions';
export { withdraw } from './withdraw';
