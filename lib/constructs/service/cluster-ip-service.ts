import type { Construct } from 'constructs';
import { SelectingService, type SelectingServiceProps, type ServicePortOptions } from './selecting-service.js';

export interface ClusterIPServiceProps<P extends string, K extends NoInfer<P>>
  extends SelectingServiceProps<P, K, ServicePortOptions> {
  /** No address of its own: its DNS name leads to the addresses of all ready Pods (`clusterIP: None`). */
  readonly headless?: boolean | undefined;
}

const withAddress = <P extends string, K extends NoInfer<P>>({ headless, ...props }: ClusterIPServiceProps<P, K>) =>
  headless === true ? { ...props, clusterIP: 'None' } : props;

/**
 * One name and address inside the cluster for several Pods.
 *
 * @example
 * const db = new ClusterIPService(chart, 'db', { to: pg, ports: { pg: 5432 } });
 * api.intends.reaches(db.at('pg'));
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 */
export class ClusterIPService<P extends string = string, K extends NoInfer<P> = NoInfer<P>> extends SelectingService<K> {
  constructor(scope: Construct, id: string, props: ClusterIPServiceProps<P, K>) {
    super(scope, id, undefined, props.headless === undefined ? props : withAddress(props));
  }
}
