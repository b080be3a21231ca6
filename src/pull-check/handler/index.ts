import { CustomResourceEvent, ProbeResult, TaskEvent, WatchResult } from './event';
import { probe as probeImage } from './probe';
import { report, reportTask } from './report';
import { answer, watched } from './respond';
import { send } from './send';
import { askAll } from './watch';
import { PullCheckProperties, WatchEvent } from '../contract';

/** The entry point of the function that CloudFormation and the rules of a watchdog call. */
export async function respond(event: CustomResourceEvent | WatchEvent | TaskEvent): Promise<void> {
  if ('Watch' in event) {
    report(event.Watch, await watched(event));
  } else if ('source' in event) {
    reportTask(event);
  } else {
    await send(event.ResponseURL, await answer(event));
  }
}

/** The entry point of the function inside a VPC. */
export async function probe(input: PullCheckProperties | WatchEvent): Promise<ProbeResult | WatchResult[]> {
  return 'Watch' in input ? askAll(input, true) : probeImage(input, true);
}
