export { decideAutoSync, type AutomationDecision, type AutomationInput } from './decide-auto-sync.ts';
export { defaultSelfHeal, type SelfHealSettings } from './self-heal.ts';
