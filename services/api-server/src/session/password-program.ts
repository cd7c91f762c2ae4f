import { servePasswords } from './password-worker.ts';

servePasswords();
