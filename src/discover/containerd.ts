import type { Container, Engine } from './containers.ts';
import { type Ask, fieldsOf, messageOf, textIn, textsIn, withEngine } from './grpc-engine.ts';

const service = (name: string) => `/containerd.services.${name}`;

/** Who makes a container says its name in one of these: Kubernetes, nerdctl. */
const nameLabels = ['io.kubernetes.container.name', 'nerdctl/name'];

/**
 * containerd's own interface, which knows the containers of everyone who uses it, each of them in a namespace:
 * https://github.com/containerd/containerd/tree/main/api/services. Those of Docker have no name here, Docker tells it.
 */
export class Containerd implements Engine {
  readonly name: string;

  /** Path of its socket. */
  constructor(socketPath: string) {
    this.name = socketPath;
  }

  list(): Promise<ReadonlyMap<string, Container>> {
    return withEngine(this.name, async (ask) => {
      const found = new Map<string, Container>();
      for (const namespace of await namespaces(ask)) {
        const answer = await ask(service('containers.v1.Containers/List'), new Uint8Array(), inside(namespace));
        for (const [id, container] of containersIn(answer)) found.set(id, container);
      }
      return found;
    });
  }

  inspect(id: string): Promise<Container | undefined> {
    return withEngine(this.name, async (ask) => {
      for (const namespace of await namespaces(ask)) {
        const answer = await ask(service('containers.v1.Containers/Get'), messageOf(1, id), inside(namespace));
        const container = containersIn(answer).get(id);
        if (container !== undefined) return container;
      }
      return undefined;
    });
  }
}

function inside(namespace: string): Record<string, string> {
  return { 'containerd-namespace': namespace };
}

/** `ListNamespacesResponse { repeated Namespace namespaces = 1; }`, `Namespace { string name = 1; … }` */
async function namespaces(ask: Ask): Promise<readonly string[]> {
  const answer = await ask(service('namespaces.v1.Namespaces/List'), new Uint8Array());
  return (fieldsOf(answer).get(1) ?? []).map((one) => textIn(one, 1));
}

/** Both answers carry `Container`s in their field 1. */
function containersIn(answer: Buffer): Map<string, Container> {
  return new Map((fieldsOf(answer).get(1) ?? []).map(containerIn).filter(([, { name }]) => name !== ''));
}

/** `Container { string id = 1; map<string, string> labels = 2; string image = 3; … }` */
function containerIn(message: Buffer): [id: string, container: Container] {
  const labels = textsIn(fieldsOf(message).get(2));
  const name = nameLabels.map((label) => labels[label] ?? '').find((one) => one !== '') ?? '';
  return [textIn(message, 1), { name, image: textIn(message, 3), labels }];
}
