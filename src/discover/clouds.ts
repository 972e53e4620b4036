/** What the firmware says of the machine: /sys/class/dmi/id. */
export type Firmware = (file: string) => string;

export type Attributes = Readonly<Record<string, string>>;

/** Asks the service of metadata, which every cloud has at the same address. */
export type AskMetadata = (path: string, headers?: Attributes, method?: 'GET' | 'PUT') => Promise<string>;

/** A cloud that tells its machines who they are. */
export interface Cloud {
  readonly name: string;
  /** Nobody else is asked: elsewhere the address may be anything. */
  isHere(firmware: Firmware): boolean;
  /** What is known without asking. */
  known(firmware: Firmware): Attributes;
  ask(ask: AskMetadata): Promise<Attributes>;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html */
const ec2: Cloud = {
  name: 'EC2',
  isHere: (firmware) => firmware('sys_vendor') === 'Amazon EC2' || /^ec2/i.test(firmware('product_uuid')),
  known: (firmware) => {
    const id = firmware('board_asset_tag');
    return /^i-[0-9a-f]+$/.test(id) ? { 'host.id': id } : {};
  },
  ask: async (ask) => {
    const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    const token = await ask('/latest/api/token', ttl, 'PUT');
    const document = await ask('/latest/dynamic/instance-identity/document', { 'x-aws-ec2-metadata-token': token });
    const { accountId, region, availabilityZone, instanceId, imageId, instanceType } = JSON.parse(document);
    return texts({
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_ec2',
      'cloud.account.id': accountId,
      'cloud.region': region,
      'cloud.availability_zone': availabilityZone,
      'host.id': instanceId,
      'host.image.id': imageId,
      'host.type': instanceType,
    });
  },
};

/** https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys */
const gcp: Cloud = {
  name: 'GCP',
  isHere: (firmware) => firmware('product_name') === 'Google Compute Engine',
  known: () => ({}),
  ask: async (ask) => {
    const value = (path: string) => ask(`/computeMetadata/v1/${path}`, { 'metadata-flavor': 'Google' });
    const paths = ['project/project-id', 'instance/id', 'instance/zone', 'instance/machine-type', 'instance/name'];
    const [project, id, zonePath, typePath, name] = await Promise.all(paths.map(value));
    // These are paths: projects/123/zones/europe-west1-b
    const [zone, type] = [zonePath, typePath].map((path = '') => path.slice(path.lastIndexOf('/') + 1));
    return texts({
      'cloud.provider': 'gcp',
      'cloud.platform': 'gcp_compute_engine',
      'cloud.account.id': project,
      'cloud.region': zone?.replace(/-[^-]*$/, ''),
      'cloud.availability_zone': zone,
      'host.id': id,
      'host.type': type,
      'gcp.gce.instance.name': name,
    });
  },
};

/** https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service */
const azure: Cloud = {
  name: 'Azure',
  isHere: (firmware) => firmware('chassis_asset_tag') === '7783-7084-3265-9085-8269-3286-77',
  known: () => ({}),
  ask: async (ask) => {
    const document = await ask('/metadata/instance/compute?api-version=2021-02-01&format=json', { metadata: 'true' });
    const { subscriptionId, location, vmId, vmSize, resourceId } = JSON.parse(document);
    return texts({
      'cloud.provider': 'azure',
      'cloud.platform': 'azure_vm',
      'cloud.account.id': subscriptionId,
      'cloud.region': location,
      'cloud.resource_id': resourceId,
      'host.id': vmId,
      'host.type': vmSize,
    });
  },
};

export const clouds: readonly Cloud[] = [ec2, gcp, azure];

/** Without what is missing, or not a text. */
function texts(values: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}
