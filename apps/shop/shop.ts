import { App } from 'plimsoll';
import { data } from './data.js';
import { type EnvironmentName, environments } from './environment.js';
import { front } from './front.js';
import { policies } from './policies.js';
import { services } from './services.js';

/** The shop in one environment. */
export const shop = (name: EnvironmentName): App => {
  const environment = environments[name];
  const app = new App({ cluster: environment.cluster, folder: `shop/${name}` });
  const store = data(app, environment);
  const apis = services(app, environment, store);
  const pages = front(app, environment, apis);
  policies(store, apis, pages);
  return app;
};
