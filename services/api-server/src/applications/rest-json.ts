import type { JsonObject } from '@tiphys/model';
import { encodeJson, messageShape, parseJson } from '@tiphys/adapter-argo-api';

const V1ALPHA1 = 'github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1';

const shapes = {
  application: messageShape(`${V1ALPHA1}.Application`),
  spec: messageShape(`${V1ALPHA1}.ApplicationSpec`),
  operation: messageShape(`${V1ALPHA1}.Operation`),
};

/**
 * A part of an Application as the API knows it: unknown fields gone, fields that the CRD requires present. What
 * reaches the cluster passes through here.
 */
export const normalized = (part: keyof typeof shapes, value: unknown): JsonObject =>
  parseJson(encodeJson(shapes[part], value as JsonObject)) as JsonObject;
