export {
  parseNotificationConfig,
  type Condition,
  type DefaultSubscription,
  type Digest,
  type NotificationConfig,
  type ServiceConfig,
} from './config.ts';
export { addTemplate, templateTexts, type TemplateText } from './content.ts';
export { decide, type ConditionResult, type Decision, type DecisionInput, type Delivery } from './decide.ts';
export { mergeDestinations, type Destination, type Destinations } from './destination.ts';
export { withSecrets } from './secrets.ts';
export { parseLabelSelector, type LabelMatcher } from './selector.ts';
export {
  SENT_KEYS_ANNOTATION,
  changeSentKeys,
  formatSentKeys,
  parseSentKeys,
  sentKeyOf,
  type SentKeyChange,
  type SentKeyParts,
  type SentKeys,
} from './sent-keys.ts';
export { isStatusCurrent } from './status.ts';
export { subscribedByAnnotations, subscribedByDefault, type Subscribed } from './subscriptions.ts';
