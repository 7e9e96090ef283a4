export { searchAgents, searchPortfolio } from './agents';
export { searchBounties } from './bounties';
export { searchEarnMarkets } from './earnMarkets';
export { searchOrders } from './orders';
export { searchPayableServices } from './payableServices';
export { searchMarketplaceServices, searchOwnServices } from './services';
