import { App } from 'plimsoll';
import { workers } from './cluster.js';
import { controllers } from './controllers.js';
import { environment } from './environments.js';
import { network } from './network.js';
import { permissions } from './permissions.js';
import { pods } from './pods.js';

/** Every manifest of the introductory texts, as constructs. Those that must fail are in refused.ts. */
export const tutorial = (): App => {
  const app = new App({ cluster: workers, folder: 'tutorial' });
  pods(app);
  controllers(app);
  network(app);
  environment(app, 'development');
  environment(app, 'production');
  permissions(app);
  return app;
};
