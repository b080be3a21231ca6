import { Guide } from './guide';
import { NVIDIA } from '../nvidia';

export const NVIDIA_GUIDE: Guide = {
  registry: NVIDIA,
  expiry: 'chosen when the key is created',
  steps: [
    'Create a personal key or a service key in NGC.',
    'Include the service NGC Catalog, and for images of your organization Private Registry too.',
  ],
  doesNotWork: ['The name of an account as `username`.', 'A key of an account that is not entitled to the image.'],
  documentation: ['https://docs.nvidia.com/ngc/gpu-cloud/ngc-user-guide/index.html'],
  example: { provider: 'RegistryProvider.NVIDIA', username: '$oauthtoken', password: '<service key>' },
};
