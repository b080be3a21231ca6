import { CustomResourceEvent, ProbeResult } from './event';
import { probe as probeImage } from './probe';
import { answer } from './respond';
import { send } from './send';
import { PullCheckProperties } from '../contract';

/** The entry point of the function that CloudFormation calls. */
export async function respond(event: CustomResourceEvent): Promise<void> {
  await send(event.ResponseURL, await answer(event));
}

/** The entry point of the function inside a VPC. */
export async function probe(properties: PullCheckProperties): Promise<ProbeResult> {
  return probeImage(properties, true);
}
