export { createAddressPolicy, type AddressPolicy, type AddressPolicyOptions } from './address-policy.ts';
export { createNotifier, serviceTypes, type NotifierRequest } from './registry.ts';
export { createRedactor, redactedError } from './redaction.ts';
