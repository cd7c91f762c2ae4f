export {
  startAdmissionWebhook,
  startMutatingWebhook,
  type AdmissionWebhook,
  type AdmissionWebhookOptions,
  type Reviewed,
  type Verdict,
} from './admission-webhook.ts';
