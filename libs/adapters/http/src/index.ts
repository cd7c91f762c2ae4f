export { createHttpFetcher, type ClosableHttpFetcher } from './fetcher.ts';
