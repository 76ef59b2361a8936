import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare } from './models.js';

/** A resource as the paths of the client describe it. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  type: string;
  verbs: Set<string>;
  subresources: Set<string>;
}

const method: Record<string, string> = {
  create: 'create',
  read: 'get',
  list: 'list',
  replace: 'update',
  patch: 'patch',
  deleteCollection: 'deletecollection',
  delete: 'delete',
};

/** Resources, their scope and verbs, from the paths of the client's methods. */
export const readResources = (gen: string, names: ReadonlyMap<string, string>): Resource[] => {
  const resources = new Map<string, Resource>();
  const kinds = new Map<string, string>();
  const exported = readFileSync(join(gen, 'index.js'), 'utf8').matchAll(/Object(\w+Api) as/g);
  for (const api of [...exported].map((match) => match[1] ?? '').sort()) {
    if (api === 'CustomObjectsApi') continue;
    const script = readFileSync(join(gen, 'apis', `${api}.js`), 'utf8');
    for (const part of script.split(/\n {4}async (?=\w+\()/).slice(1)) {
      const name = /^\w+/.exec(part)?.[0] ?? '';
      const path = /localVarPath = '([^']+)'/.exec(part)?.[1];
      const match =
        /^\/apis?\/(?:([a-z0-9.]+\.k8s\.io|[a-z]+)\/)?(v\d\w*)\/(?:watch\/)?(namespaces\/\{namespace\}\/)?([a-z]+)(?:\/\{name\})?(?:\/([a-z]+))?/.exec(
          path ?? '',
        );
      if (path === undefined || match === null || path.includes('/watch/') || path.endsWith('{path}')) continue;
      const [, group = '', version = '', , plural = '', sub] = match;
      const namespaced = path.includes('{namespace}') || /ForAllNamespaces$/.test(name);
      const key = `${group}/${version}/${plural}`;
      const resource = resources.get(key) ?? {
        group,
        version,
        kind: '',
        plural,
        namespaced: false,
        type: '',
        verbs: new Set<string>(),
        subresources: new Set<string>(),
      };
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
      const body = /ObjectSerializer\.deserialize\([^"]*"([A-Za-z0-9]+)"/.exec(
        script.slice(script.indexOf(`async ${name}WithHttpInfo(`)),
      );
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
  return [...resources.values()].sort((a, b) =>
    `${a.group}/${a.version}/${a.plural}` < `${b.group}/${b.version}/${b.plural}` ? -1 : 1,
  );
};
