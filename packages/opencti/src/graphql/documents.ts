/**
 * The GraphQL documents. Each asks for as little as possible, since one unknown field makes a
 * platform refuse the whole document, and versions differ.
 */

/** Without `config`: a stream connector needs none of the queue and storage secrets in it. */
export const registerConnector = `
mutation RegisterConnector($input: RegisterConnectorInput) {
  registerConnector(input: $input) { id connector_state connector_user_id }
}`;

export const pingConnector = `
mutation PingConnector($id: ID!, $state: String, $connectorInfo: ConnectorInfoInput) {
  pingConnector(id: $id, state: $state, connectorInfo: $connectorInfo) { id connector_state }
}`;

/** For platforms that do not know the type of `connectorInfo` (before 6). */
export const pingConnectorWithoutInfo = `
mutation PingConnector($id: ID!, $state: String) {
  pingConnector(id: $id, state: $state) { id connector_state }
}`;

export const streamCollection = `
query StreamCollection($id: String!) {
  streamCollection(id: $id) { id name description stream_live stream_public }
}`;

/** By itself, since what a platform offers about filters changed between versions. */
export const streamFilter = `
query StreamFilter($id: String!) {
  streamCollection(id: $id) { filters }
}`;

export const redisStreamInfo = `
query StreamInfo {
  redisStreamInfo { firstEventId lastEventId streamSize }
}`;

export const identityName = `
query IdentityName($a: String!) {
  a: identity(id: $a) { id name }
}`;

/** Two and no more: the platform refuses a document that uses one field under three aliases. */
export const identityNames = `
query IdentityNames($a: String!, $b: String!) {
  a: identity(id: $a) { id name }
  b: identity(id: $b) { id name }
}`;

/** The object as JSON text, by internal or STIX id: what `get_stix_content` of the Python client asks for. */
export const stixObject = `
query StixObject($id: String!) {
  stix(id: $id)
}`;

export const me = 'query Me { me { id name user_email } }';

export const about = 'query About { about { version } }';

/** What `registerConnector` takes on this platform. Only `__type` may be asked for: `__schema` is refused. */
export const registerInputFields = `
query RegisterInputFields {
  input: __type(name: "RegisterConnectorInput") { inputFields { name } }
}`;

/**
 * Whether the platform keeps deployments: this field came with the mutations that report them. A
 * platform may switch introspection off, so the field itself is asked for, as OpenCTI's own
 * connectors do.
 */
export const deploymentsOffered = `
query DeploymentsOffered {
  indicators(first: 1) { edges { node { id deployments_count } } }
}`;

/** Creates the security platform, or finds the one of that name. */
export const securityPlatform = `
mutation SecurityPlatform($input: SecurityPlatformAddInput!) {
  securityPlatformAdd(input: $input) { id }
}`;

export const reportDeployments = `
mutation ReportDeployments($platformId: StixRef!, $reports: [IndicatorDeploymentReportInput!]!) {
  indicatorReportDeployments(platformId: $platformId, reports: $reports) {
    processed
    errors { indicatorId message }
  }
}`;
