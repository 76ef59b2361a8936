import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** A field of a model as its class describes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

const versionPrefix = /^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/;
/** The model's name without its version prefix. */
export const bare = (name: string): string => name.replace(versionPrefix, '');

/** Rank of a model class among those of one bare name: stable before beta before alpha, higher before lower. */
const rank = (name: string): number => {
  const version = /V(\d+)(?:(alpha|beta)(\d+))?/.exec(name);
  if (version === null) return 0;
  return (version[2] === undefined ? 1000 : version[2] === 'beta' ? 100 : 10) + Number(version[1]) + Number(version[3] ?? 0);
};

/** The models the package exports; it also ships files of older versions that it no longer does. */
export const readModels = (gen: string): Map<string, Field[]> => {
  const models = new Map<string, Field[]>();
  const exported = readFileSync(join(gen, 'models', 'all.js'), 'utf8').matchAll(/models\/(\w+)\.js/g);
  for (const name of [...exported].map((match) => match[1] ?? '').sort()) {
    const script = readFileSync(join(gen, 'models', `${name}.js`), 'utf8');
    const table = /attributeTypeMap = (\[[\s\S]*?\n?\]);/.exec(script)?.[1];
    if (table === undefined) continue;
    const attributes = JSON.parse(table) as { name: string; baseName: string; type: string; format: string }[];
    const declaration = readFileSync(join(gen, 'models', `${name}.d.ts`), 'utf8');
    models.set(
      name,
      attributes.map((attribute) => ({
        name: attribute.baseName,
        type: quantityFields.has(`${bare(name)}.${attribute.name}`)
          ? attribute.type.replaceAll('string', 'quantity').replace('[key: quantity', '[key: string')
          : attribute.format === ''
            ? attribute.type
            : `${attribute.type}:${attribute.format}`,
        required: declaration.includes(`'${attribute.name}': `),
      })),
    );
  }
  return models;
};

/** `T` for the models that keep their bare name, the model's own name for older versions of the same thing. */
export const nameModels = (models: ReadonlyMap<string, Field[]>): Map<string, string> => {
  const best = new Map<string, string>();
  for (const name of models.keys()) {
    const current = best.get(bare(name));
    if (current === undefined || rank(name) > rank(current)) best.set(bare(name), name);
  }
  // Two groups have a kind of this name; neither may take the bare one.
  for (const clash of [
    'EndpointPort',
    'Event',
    'EventSeries',
    'EventList',
    'ResourceClaim',
    'Subject',
    'TokenRequest',
    'ServiceReference',
    'WebhookClientConfig',
  ]) {
    best.delete(clash);
  }
  return new Map([...models.keys()].map((name) => [name, best.get(bare(name)) === name ? bare(name) : name]));
};
