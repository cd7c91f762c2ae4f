export {
  startMutatingWebhook,
  type MutatingWebhook,
  type MutatingWebhookOptions,
  type Reviewed,
} from './mutating-webhook.ts';
