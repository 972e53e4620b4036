import { SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import { product } from '../telemetry/product.ts';

/** The attributes of the service as a resource, for both signals and for `target_info`. */
export function resourceAttributes(service: Service): Readonly<Record<string, string>> {
  const { name, namespace, instanceId, language, resource } = service;
  const attributes: Record<string, string> = {
    [SERVICE_NAME]: name,
    [SERVICE_NAMESPACE]: namespace,
    [SERVICE_INSTANCE_ID]: instanceId,
    'telemetry.sdk.language': language,
    'telemetry.sdk.name': product.name,
    'telemetry.sdk.version': product.version,
    'telemetry.distro.name': product.name,
    'telemetry.distro.version': product.version,
    'os.type': 'linux',
    ...resource,
  };
  for (const [key, value] of Object.entries(attributes)) if (value === '') delete attributes[key];
  return attributes;
}
