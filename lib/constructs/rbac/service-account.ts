import type { Construct } from 'constructs';
import { type Named, nameOf } from '../named.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface ServiceAccountProps extends ObjectProps {
  readonly automountServiceAccountToken?: boolean | undefined;
  readonly imagePullSecrets?: readonly Named[] | undefined;
}

/**
 * Whom Pods act as when they call the API server.
 *
 * @example
 * const agent = new ServiceAccount(chart, 'agent');
 * new DaemonSet(chart, 'agent', { serviceAccount: agent, containers: { agent: { image: 'agent:1' } } });
 *
 * @see https://kubernetes.io/docs/concepts/security/service-accounts/
 */
export class ServiceAccount extends Resource {
  constructor(scope: Construct, id: string, props: ServiceAccountProps = {}) {
    const { imagePullSecrets, ...body } = bodyOf(props);
    const secrets =
      imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: nameOf(secret) })) };
    super(scope, id, { apiVersion: 'v1', kind: 'ServiceAccount' }, props, { ...body, ...secrets });
  }
}
