export { getLeaderboard } from './getLeaderboard';
export { getMetrics } from './getMetrics';
export { getModels } from './getModels';
export { getPayableServices } from './getPayableServices';
export { getPaymentRequirements } from './getPaymentRequirements';
export { getPlatformStats } from './getPlatformStats';
export { getTokenPrices } from './getTokenPrices';
export { getTrendingServices } from './getTrendingServices';
