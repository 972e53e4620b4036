import type { Container } from './containers.ts';
import type { KnownNames } from './identify.ts';
import type { Metadata } from './select.ts';

/** https://docs.docker.com/reference/compose-file/services/#labels: set by Compose on each container. */
const COMPOSE_SERVICE = 'com.docker.compose.service';
const COMPOSE_PROJECT = 'com.docker.compose.project';

/** Values for the selector `container_name`. */
export function metadataOf(container: Container | undefined): Metadata {
  return container === undefined ? {} : { container_name: [container.name] };
}

/** A service of Compose is a service; the name of a lone container is an attribute only, it is often made up. */
export function namesOf(container: Container | undefined): KnownNames {
  if (container === undefined) return {};
  const { [COMPOSE_SERVICE]: name, [COMPOSE_PROJECT]: namespace } = container.labels;
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    resource: { 'container.name': container.name, 'container.image.name': container.image },
  };
}
