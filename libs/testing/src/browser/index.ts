export { launchBrowser, type TestBrowser } from './browser.ts';
