import type { Container, Engine } from './containers.ts';
import { messageOf, readEntry, readMessage, withEngine } from './grpc-engine.ts';

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
function containersIn(answer: Uint8Array): Map<string, Container> {
  const found = new Map<string, Container>();
  readMessage(answer, (field, reader) => {
    if (field !== 1) return false;
    const [id, container] = containerIn(reader.bytes());
    found.set(id, container);
    return true;
  });
  return found;
}

/** `Container { string id = 1; ContainerMetadata metadata = 3; ImageSpec image = 4; map<string, string> labels = 8; … }` */
function containerIn(bytes: Uint8Array): [id: string, container: Container] {
  let [id, name, image] = ['', '', ''];
  const labels: Record<string, string> = {};
  readMessage(bytes, (field, reader) => {
    if (field === 1) id = reader.string();
    else if (field === 3) name = firstText(reader.bytes());
    else if (field === 4) image = firstText(reader.bytes());
    else if (field === 8) readEntry(reader.bytes(), labels);
    else return false;
    return true;
  });
  return [id, { name, image, labels }];
}

/** The field 1 of a message. */
function firstText(bytes: Uint8Array): string {
  let text = '';
  readMessage(bytes, (field, reader) => {
    if (field !== 1) return false;
    text = reader.string();
    return true;
  });
  return text;
}
