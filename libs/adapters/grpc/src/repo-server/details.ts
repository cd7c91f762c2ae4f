import type { GetAppDetailsRequest, GetAppDetailsResponse } from '@tiphys/generated/tiphys-repo';
import type { AppDetails, DetailsRequest } from '@tiphys/ports';
import {
  asSourceType,
  mapValues,
  optionsFromMessage,
  optionsToMessage,
  sourceFromMessage,
  sourceToMessage,
} from './messages.ts';

export const detailsRequestToMessage = (request: DetailsRequest): GetAppDetailsRequest => ({
  source: sourceToMessage(request),
  appName: request.appName,
  refSources: mapValues(request.refSources, sourceToMessage),
  options: optionsToMessage(request.options),
});

export const detailsRequestFromMessage = (message: GetAppDetailsRequest): DetailsRequest => ({
  ...sourceFromMessage(message.source),
  appName: message.appName,
  refSources: mapValues(message.refSources, sourceFromMessage),
  options: optionsFromMessage(message.options),
});

export const detailsToMessage = ({ sourceType, helm, kustomize }: AppDetails): GetAppDetailsResponse => ({
  sourceType,
  helm: helm && { valueFiles: [...helm.valueFiles], parameters: { ...helm.parameters }, values: helm.values },
  kustomize: kustomize && { images: [...kustomize.images] },
});

export const detailsFromMessage = ({ sourceType, helm, kustomize }: GetAppDetailsResponse): AppDetails => ({
  sourceType: asSourceType(sourceType),
  ...(helm === undefined ? {} : { helm }),
  ...(kustomize === undefined ? {} : { kustomize }),
});
