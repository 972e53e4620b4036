import type { Container, Engine } from './containers.ts';
import { fieldsOf, messageOf, textIn, textsIn, withEngine } from './grpc-engine.ts';

const listContainers = '/runtime.v1.RuntimeService/ListContainers';

/** What Kubernetes speaks to any engine, such as CRI-O: https://github.com/kubernetes/cri-api */
export class Cri implements Engine {
  readonly name: string;

  /** Path of its socket. */
  constructor(socketPath: string) {
    this.name = socketPath;
  }

  list(): Promise<ReadonlyMap<string, Container>> {
    return withEngine(this.name, async (ask) => containersIn(await ask(listContainers, new Uint8Array())));
  }

  /** `ListContainersRequest { ContainerFilter filter = 1; }`, `ContainerFilter { string id = 1; … }` */
  async inspect(id: string): Promise<Container | undefined> {
    const request = messageOf(1, messageOf(1, id));
    return withEngine(this.name, async (ask) => containersIn(await ask(listContainers, request)).get(id));
  }
}

/** `ListContainersResponse { repeated Container containers = 1; }` */
function containersIn(answer: Buffer): Map<string, Container> {
  return new Map((fieldsOf(answer).get(1) ?? []).map(containerIn));
}

/**
 * `Container { string id = 1; ContainerMetadata metadata = 3; ImageSpec image = 4; map<string, string> labels = 8; … }`, where
 * the name of the container and of the image is each the first field.
 */
function containerIn(message: Buffer): [id: string, container: Container] {
  const fields = fieldsOf(message);
  const name = textIn(fields.get(3)?.at(-1), 1);
  const image = textIn(fields.get(4)?.at(-1), 1);
  return [textIn(message, 1), { name, image, labels: textsIn(fields.get(8)) }];
}
