export { createTarUnpacker } from './unpacker.ts';
