/**
 * Generates the field tables, resource table and types of Kubernetes 1.36 from `@kubernetes/client-node`
 * (a development dependency; its 2.0.x carries the 1.36 model). Run with `npm run generate`; the result is
 * committed, and a test regenerates it and compares.
 *
 * The package knows fields, types and paths. It does not know which strings are quantities: those
 * are listed here (a fact of the API, checked against the OpenAPI document in the tests).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const gen = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen');

/** Fields whose JSON type is string but that hold a resource quantity: `Type.field`, without version prefix. */
const quantityFields = new Set(
  `HPAScalingRules.tolerance MetricTarget.averageValue MetricTarget.value MetricValueStatus.averageValue
  MetricValueStatus.value ContainerStatus.allocatedResources EmptyDirVolumeSource.sizeLimit LimitRangeItem._default
  LimitRangeItem.default LimitRangeItem.defaultRequest LimitRangeItem.max LimitRangeItem.maxLimitRequestRatio LimitRangeItem.min
  NodeAllocatableResourceClaimStatus.resources NodeStatus.allocatable NodeStatus.capacity
  PersistentVolumeClaimStatus.allocatedResources PersistentVolumeClaimStatus.capacity PersistentVolumeSpec.capacity
  PodSpec.overhead PodStatus.allocatedResources ResourceFieldSelector.divisor ResourceQuotaSpec.hard
  ResourceQuotaStatus.hard ResourceQuotaStatus.used ResourceRequirements.limits ResourceRequirements.requests
  VolumeResourceRequirements.limits VolumeResourceRequirements.requests Overhead.podFixed CapacityRequestPolicy.default
  CapacityRequestPolicy._default CapacityRequestPolicy.validValues CapacityRequestPolicyRange.max CapacityRequestPolicyRange.min
  CapacityRequestPolicyRange.step CapacityRequirements.requests Counter.value DeviceCapacity.value
  DeviceRequestAllocationResult.consumedCapacity NodeAllocatableResourceMapping.allocationMultiplier
  CSIStorageCapacity.capacity CSIStorageCapacity.maximumVolumeSize`.split(/\s+/),
);

interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

const versionPrefix = /^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/;
const bare = (name: string): string => name.replace(versionPrefix, '');

/** Rank of a model class among those of one bare name: stable before beta before alpha, higher before lower. */
const rank = (name: string): number => {
  const version = /V(\d+)(?:(alpha|beta)(\d+))?/.exec(name);
  if (version === null) return 0;
  return (version[2] === undefined ? 1000 : version[2] === 'beta' ? 100 : 10) + Number(version[1]) + Number(version[3] ?? 0);
};

const readModels = (): Map<string, Field[]> => {
  const models = new Map<string, Field[]>();
  for (const file of readdirSync(join(gen, 'models')).sort()) {
    if (!file.endsWith('.d.ts') || ['ObjectSerializer.d.ts', 'all.d.ts'].includes(file)) continue;
    const name = file.slice(0, -5);
    const script = readFileSync(join(gen, 'models', `${name}.js`), 'utf8');
    const table = /attributeTypeMap = (\[[\s\S]*?\n?\]);/.exec(script)?.[1];
    if (table === undefined) continue;
    const attributes = JSON.parse(table) as { name: string; baseName: string; type: string; format: string }[];
    const declaration = readFileSync(join(gen, 'models', file), 'utf8');
    models.set(
      name,
      attributes.map((attribute) => ({
        name: attribute.baseName,
        type: quantityFields.has(`${bare(name)}.${attribute.name}`)
          ? attribute.type.replaceAll('string', 'quantity').replace('[key: quantity', '[key: string')
          : attribute.format === '' || attribute.type.includes('{')
            ? attribute.type
            : `${attribute.type}:${attribute.format}`,
        required: declaration.includes(`'${attribute.name}': `),
      })),
    );
  }
  return models;
};

/** `T` for the models that keep their bare name, the model's own name for older versions of the same thing. */
const nameModels = (models: ReadonlyMap<string, Field[]>): Map<string, string> => {
  const best = new Map<string, string>();
  for (const name of models.keys()) {
    const current = best.get(bare(name));
    if (current === undefined || rank(name) > rank(current)) best.set(bare(name), name);
  }
  // Two groups have a kind of this name; neither may take the bare one.
  for (const clash of ['EndpointPort', 'Event', 'EventSeries', 'EventList', 'ResourceClaim', 'Subject', 'TokenRequest', 'ServiceReference', 'WebhookClientConfig']) {
    best.delete(clash);
  }
  return new Map([...models.keys()].map((name) => [name, best.get(bare(name)) === name ? bare(name) : name]));
};

/** Compact type code of the table: see `schema.ts` for its grammar. */
const code = (type: string, names: ReadonlyMap<string, string>): string => {
  const array = /^Array<(.*)>(?::.*)?$/.exec(type);
  if (array?.[1] !== undefined) return `[${code(array[1], names)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map?.[1] !== undefined) return `{${code(map[1], names)}`;
  const [base = '', format = ''] = type.split(':');
  switch (base) {
    case 'string':
      return format === 'byte' ? 'x' : format === 'int-or-string' ? 'o' : 's';
    case 'quantity':
      return 'q';
    case 'boolean':
      return 'b';
    case 'number':
      return format === 'int32' ? 'i' : format === 'double' ? 'd' : 'l';
    case 'Date':
      return 't';
    case 'V1MicroTime':
      return 'm';
    case 'IntOrString':
      return 'o';
    case 'any':
      return 'a';
    default:
      return names.get(base) ?? 'a';
  }
};

const typescript = (code: string): string => {
  if (code.startsWith('[')) return `readonly ${code.length > 2 && code[1] === '{' ? `(${typescript(code.slice(1))})` : code[1] === 'q' || code[1] === 'o' ? `(${typescript(code.slice(1))})` : typescript(code.slice(1))}[]`;
  if (code.startsWith('{')) return `{ readonly [key: string]: ${typescript(code.slice(1))} }`;
  const scalar: Record<string, string> = { s: 'string', x: 'string', o: 'number | string', q: 'Quantity', b: 'boolean', i: 'number', l: 'number', d: 'number', t: 'string', m: 'string', a: 'unknown' };
  return scalar[code] ?? code;
};

interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  type: string;
  verbs: Set<string>;
  subresources: Set<string>;
}

const method: Record<string, string> = { create: 'create', read: 'get', list: 'list', replace: 'update', patch: 'patch', deleteCollection: 'deletecollection', delete: 'delete' };

/** Resources, their scope and verbs, from the paths of the client's methods. */
const readResources = (names: ReadonlyMap<string, string>): Resource[] => {
  const resources = new Map<string, Resource>();
  const kinds = new Map<string, string>();
  for (const file of readdirSync(join(gen, 'apis')).sort()) {
    if (!file.endsWith('.js') || file.startsWith('CustomObjects')) continue;
    const script = readFileSync(join(gen, 'apis', file), 'utf8');
    for (const part of script.split(/\n    async (?=\w+\()/).slice(1)) {
      const name = /^\w+/.exec(part)?.[0] ?? '';
      const path = /localVarPath = '([^']+)'/.exec(part)?.[1];
      const match = /^\/apis?\/(?:([a-z0-9.]+\.k8s\.io|[a-z]+)\/)?(v\d\w*)\/(?:watch\/)?(namespaces\/\{namespace\}\/)?([a-z]+)(?:\/\{name\})?(?:\/([a-z]+))?/.exec(path ?? '');
      if (path === undefined || match === null || path.includes('/watch/') || path.endsWith('{path}')) continue;
      const [, group = '', version = '', , plural = '', sub] = match;
      const namespaced = path.includes('{namespace}') || /ForAllNamespaces$/.test(name);
      const key = `${group}/${version}/${plural}`;
      const resource = resources.get(key) ?? { group, version, kind: '', plural, namespaced: false, type: '', verbs: new Set<string>(), subresources: new Set<string>() };
      resources.set(key, resource);
      if (plural !== 'namespaces' && namespaced) resource.namespaced = true;
      if (sub !== undefined && path.includes('{name}')) {
        resource.subresources.add(sub);
        continue;
      }
      const verb = /^(create|read|list|replace|patch|deleteCollection|delete)/.exec(name)?.[1];
      if (verb === undefined) continue;
      resource.verbs.add(method[verb] ?? verb);
      if (verb === 'list') resource.verbs.add('watch');
      const body = /ObjectSerializer\.deserialize\([^"]*"([A-Za-z0-9]+)"/.exec(script.slice(script.indexOf(`async ${name}WithHttpInfo(`)));
      if ((verb === 'read' || verb === 'create') && body?.[1] !== undefined) kinds.set(key, body[1]);
    }
  }
  for (const [key, resource] of resources) {
    const model = kinds.get(key);
    if (model === undefined || !names.has(model)) {
      resources.delete(key);
      continue;
    }
    resource.type = names.get(model) ?? '';
    resource.kind = bare(model) === model && resource.kind !== '' ? resource.kind : bare(model);
  }
  return [...resources.values()].sort((a, b) => `${a.group}/${a.version}/${a.plural}` < `${b.group}/${b.version}/${b.plural}` ? -1 : 1);
};

const models = readModels();
const names = nameModels(models);
const header = '// Generated by `npm run generate` from the Kubernetes 1.36 model of @kubernetes/client-node. Do not edit.\n';
const kept = [...models].filter(([name]) => name !== 'VersionInfo' && name !== 'IntOrString').sort(([a], [b]) => ((names.get(a) ?? a) < (names.get(b) ?? b) ? -1 : 1));

const schema = kept.map(([name, fields]) => `  ${names.get(name)}: '${fields.map((field) => `${field.name}${field.required ? '!' : ''}:${code(field.type, names)}`).join(' ')}',`);
const output = process.argv[2] ?? here;
writeFileSync(join(output, 'schema.ts'), `${header}\n/** Type name to its fields: \`name[!]:code\` separated by spaces; \`!\` marks a required field. */\nexport const schema: Readonly<Record<string, string>> = {\n${schema.join('\n')}\n};\n`);

const types = kept.map(([name, fields]) => {
  const lines = fields.map((field) => {
    const key = /^[A-Za-z]\w*$/.test(field.name) ? field.name : `'${field.name}'`;
    return `  readonly ${key}${field.required ? '' : '?'}: ${typescript(code(field.type, names))}${field.required ? '' : ' | undefined'};`;
  });
  return `export interface ${names.get(name)} {\n${lines.join('\n')}\n}\n`;
});
writeFileSync(join(output, 'types.ts'), `${header}\n/** A resource quantity: \`500m\`, \`1Gi\`, 2. */\nexport type Quantity = string | number;\n\n${types.join('\n')}`);

const resources = readResources(names).map((r) => `  ['${r.group}', '${r.version}', '${r.kind}', '${r.plural}', ${r.namespaced}, '${r.type}', '${[...r.verbs].sort().join(' ')}', '${[...r.subresources].sort().join(' ')}'],`);
writeFileSync(join(output, 'resources.ts'), `${header}\n/** group, version, kind, plural, namespaced, type in \`schema\`, verbs, subresources. */\nexport const resourceTable = [\n${resources.join('\n')}\n] as const;\n`);
