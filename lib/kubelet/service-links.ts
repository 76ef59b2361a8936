import type { Service } from '../api/generated/types.js';

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** An address and port as a URL has them: IPv6 addresses in brackets. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const linkVariables = (service: Service, address: string, variables: Map<string, string>): void => {
  const prefix = upper(service.metadata?.name ?? '');
  const ports = service.spec?.ports ?? [];
  variables.set(`${prefix}_SERVICE_HOST`, address);
  variables.set(`${prefix}_SERVICE_PORT`, String(ports[0]?.port ?? ''));
  for (const { name, port } of ports) {
    if (name !== undefined && name !== '') variables.set(`${prefix}_SERVICE_PORT_${upper(name)}`, String(port));
  }
  for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
    const url = `${protocol.toLowerCase()}://${hostPort(address, port)}`;
    if (index === 0) variables.set(`${prefix}_PORT`, url);
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    variables.set(link, url);
    variables.set(`${link}_PROTO`, protocol.toLowerCase());
    variables.set(`${link}_PORT`, String(port));
    variables.set(`${link}_ADDR`, address);
  }
};

const isMaster = (service: Service): boolean =>
  service.metadata?.namespace === 'default' && service.metadata.name === 'kubernetes';

/**
 * The variables that tell a container of the Services with an address: all of its namespace when `links`, and always
 * `default/kubernetes`. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export const serviceVariables = (services: readonly Service[], namespace: string, links: boolean): Map<string, string> => {
  const variables = new Map<string, string>();
  for (const service of services) {
    const address = service.spec?.clusterIP ?? '';
    if (address === '' || address === 'None') continue;
    if (isMaster(service) || (links && service.metadata?.namespace === namespace)) linkVariables(service, address, variables);
  }
  return variables;
};
