import { clusterDns, NetworkPolicy } from 'plimsoll';
import type { data } from './data.js';
import type { front } from './front.js';
import type { services } from './services.js';

/** Who may talk to whom: databases only to what uses them, APIs only to what calls them. */
export const policies = (
  { chart, pg, db, redis, backup }: ReturnType<typeof data>,
  apis: ReturnType<typeof services>,
  { web }: ReturnType<typeof front>,
): void => {
  const { catalog, cart, orders, payment, mail, worker, recommendations, report, cleanup } = apis;
  new NetworkPolicy(chart, 'pg-clients', {
    protects: pg,
    allow: [{ from: [catalog, orders, payment, worker, report, backup], to: 'pg' }],
  });
  new NetworkPolicy(chart, 'redis-clients', { protects: redis, allow: [{ from: [catalog, cart, cleanup], to: 'redis' }] });

  new NetworkPolicy(apis.chart, 'payment-clients', { protects: payment, allow: [{ from: orders, to: 'http' }] });
  new NetworkPolicy(apis.chart, 'mail-clients', { protects: mail, allow: [{ from: [orders, worker, report], to: 'grpc' }] });
  new NetworkPolicy(apis.chart, 'catalog-clients', {
    protects: catalog,
    allow: [{ from: [web, cart, recommendations], to: 'http' }],
  });
  // The worker talks to the database and the mail service, and looks up their names; to nothing else.
  new NetworkPolicy(apis.chart, 'worker-egress', {
    protects: worker,
    allow: [{ to: db.at('pg') }, { to: mail }, { to: clusterDns }],
  });

  web.intends.mustNotReach(db.at('pg'));
  orders.intends.reaches(db.at('pg'));
  recommendations.intends.mustNotReach(db.at('pg'));
};
