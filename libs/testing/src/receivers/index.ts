export {
  startHttpReceiver,
  type Answer,
  type Answering,
  type HttpReceiver,
  type HttpReceiverOptions,
  type ReceivedRequest,
} from './http.ts';
export { startMailReceiver, type MailReceiver, type MailReceiverOptions, type ReceivedMail } from './mail.ts';
