import type { CustomResourceConversion, CustomResourceDefinition, CustomResourceDefinitionNames } from '../generated/types.js';

const withNames = (names: CustomResourceDefinitionNames): CustomResourceDefinitionNames => ({
  ...names,
  singular: (names.singular ?? '') === '' ? (names.kind ?? '').toLowerCase() : names.singular,
  ...((names.listKind ?? '') === '' && (names.kind ?? '') !== '' && { listKind: `${names.kind}List` }),
});

/** Webhooks are reached at port 443 unless they say otherwise. */
const withPort = (conversion: CustomResourceConversion): CustomResourceConversion => {
  const service = conversion.webhook?.clientConfig?.service;
  if (conversion.webhook === undefined || service === undefined || service.port !== undefined) return conversion;
  const clientConfig = { ...conversion.webhook.clientConfig, service: { ...service, port: 443 } };
  return { ...conversion, webhook: { ...conversion.webhook, clientConfig } };
};

export const customResourceDefinition = (definition: CustomResourceDefinition): CustomResourceDefinition => {
  const { spec } = definition;
  const conversion = spec.conversion === undefined ? { strategy: 'None' } : withPort(spec.conversion);
  return { ...definition, spec: { ...spec, names: withNames(spec.names), conversion } };
};
