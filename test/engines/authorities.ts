/** The well-known authorities take a check longer to load than all that it asks, and no server here has a certificate of theirs. */
jest.mock('node:tls', () => ({ ...jest.requireActual<object>('node:tls'), rootCertificates: [] }));
