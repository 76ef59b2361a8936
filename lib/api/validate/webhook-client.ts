import type {
  ApiextensionsV1ServiceReference as ServiceReference,
  ApiextensionsV1WebhookClientConfig as WebhookClientConfig,
} from '../generated/types.js';
import { dns1123Subdomain } from '../names.js';
import type { Faults } from './faults.js';
import { portNumber } from './format.js';
import type { Path } from './path.js';

const form = '; desired format: https://host[/path]';

const checkUrl = (text: string, at: Path, faults: Faults): void => {
  const [, scheme = '', rest = text] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  const [, authority = ''] = /^\/\/([^/?#]*)/.exec(rest) ?? [];
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const host = authority.slice((user?.length ?? -1) + 1);
  const [, fragment = ''] = /#(.*)$/s.exec(rest) ?? [];
  const [, query = ''] = /\?([^#]*)/s.exec(rest) ?? [];
  if (scheme !== 'https') faults.invalid(at, scheme, `'https' is the only allowed URL scheme${form}`);
  if (host === '') faults.invalid(at, host, `host must be specified${form}`);
  if (user !== undefined) faults.invalid(at, user, 'user information is not permitted in the URL');
  if (fragment !== '') faults.invalid(at, fragment, 'fragments are not permitted in the URL');
  if (query !== '') faults.invalid(at, query, 'query parameters are not permitted in the URL');
};

const checkPath = (path: string, at: Path, faults: Faults): void => {
  if (path === '/' || path === '') return;
  if (path === '//') {
    faults.invalid(at, path, 'segment[0] may not be empty');
    return;
  }
  if (!path.startsWith('/')) faults.invalid(at, path, "must start with a '/'");
  for (const [index, segment] of path.slice(1).replace(/\/$/, '').split('/').entries()) {
    const wrong =
      segment === ''
        ? [`segment[${index}] may not be empty`]
        : dns1123Subdomain(segment).map((detail) => `segment[${index}]: ${detail}`);
    faults.invalidEach(at, path, wrong);
  }
};

const checkService = (service: ServiceReference, at: Path, faults: Faults): void => {
  if (service.name === '') faults.required(at.child('name'));
  if (service.namespace === '') faults.required(at.child('namespace'));
  const wrong = portNumber(service.port ?? 443);
  if (wrong.length > 0) faults.invalid(at.child('port'), service.port, `port is not valid: ${wrong.join(', ')}`);
  if (service.path !== undefined) checkPath(service.path, at.child('path'), faults);
};

/** How the server reaches a webhook: by URL or by Service, not both. */
export const checkWebhookClient = (client: WebhookClientConfig, at: Path, faults: Faults): void => {
  const { url, service } = client;
  if ((url === undefined) === (service === undefined)) faults.required(at, 'exactly one of url or service is required');
  else if (url !== undefined) checkUrl(url, at.child('url'), faults);
  else if (service !== undefined) checkService(service, at.child('service'), faults);
};
