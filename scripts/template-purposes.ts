/** What a resource is there for, by its type and by what it is connected to. */
type Purpose = string | ((id: string, template: any) => string);

const PULL_CHECK = 'Custom::PrivateRegistryPullCheck';

const PURPOSES: Record<string, Purpose> = {
  'AWS::ECS::Service': 'keeps the tasks running',
  'AWS::ECS::TaskDefinition': 'image, credentials and roles of a task',
  'AWS::ECS::Cluster': 'where the service runs',
  'AWS::Logs::LogGroup': (id, template) => (isNamedBy('AWS::Lambda::Function', id, template, 'LoggingConfig')
    ? 'what the pull check found' : 'what the containers write'),
  'AWS::SecretsManager::Secret': 'the credentials of the registry',
  'AWS::KMS::Key': 'encrypts the credentials',
  'AWS::IAM::Role': (id, template) => ROLE_PURPOSES[roleKind(id, template)],
  'AWS::IAM::Policy': (id, template) => `what the ${roleKind(template.Resources[id].Properties.Roles[0].Ref, template)} may do`,
  'AWS::Lambda::Function': (id, template) => (isNamedBy(PULL_CHECK, id, template, 'ServiceToken')
    ? 'asks the registry for the image' : 'code of a custom resource'),
  [PULL_CHECK]: 'stops the deployment if the pull fails',

  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'takes the requests from the internet',
  'AWS::ElasticLoadBalancingV2::Listener': 'port of the load balancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'the tasks, and their health',

  'AWS::EC2::SecurityGroup': (id, template) => (isNamedBy('AWS::ECS::Service', id, template)
    ? 'firewall of the tasks' : 'firewall of the load balancer'),
  'AWS::EC2::SecurityGroupIngress': 'load balancer to tasks, tasks\' side',
  'AWS::EC2::SecurityGroupEgress': 'load balancer to tasks, its own side',

  'AWS::EC2::VPC': 'network of the cluster',
  'AWS::EC2::Subnet': (id, template) => (template.Resources[id].Properties.MapPublicIpOnLaunch
    ? 'public: load balancer, NAT gateway' : 'private: the tasks'),
  'AWS::EC2::RouteTable': 'routes of a subnet',
  'AWS::EC2::SubnetRouteTableAssociation': 'routes of a subnet',
  'AWS::EC2::Route': (id, template) => (template.Resources[id].Properties.NatGatewayId
    ? 'the tasks\' way to the registry' : 'way to the internet'),
  'AWS::EC2::EIP': 'address of a NAT gateway',
  'AWS::EC2::NatGateway': 'the tasks\' way to the registry',
  'AWS::EC2::InternetGateway': 'way to the internet',
  'AWS::EC2::VPCGatewayAttachment': 'way to the internet',
  'Custom::VpcRestrictDefaultSG': 'closes the default security group',
};

const ROLE_PURPOSES = {
  'execution role': 'execution role: pulls, reads the secret',
  'task role': 'task role: rights of the containers',
  'pull check\'s role': 'pull check\'s role: reads the secret',
  'function\'s role': 'role of a custom resource\'s code',
};

export function purposeOf(id: string, template: any): string {
  const purpose = PURPOSES[template.Resources[id].Type] ?? '';
  return typeof purpose === 'string' ? purpose : purpose(id, template);
}

function roleKind(id: string, template: any): keyof typeof ROLE_PURPOSES {
  if (isNamedBy('AWS::ECS::TaskDefinition', id, template, 'ExecutionRoleArn')) {
    return 'execution role';
  }
  if (isNamedBy('AWS::ECS::TaskDefinition', id, template, 'TaskRoleArn')) {
    return 'task role';
  }
  // The functions of the check are told who reads the secret.
  if (isNamedBy('AWS::Lambda::Function', id, template, 'Environment')) {
    return 'pull check\'s role';
  }
  return 'function\'s role';
}

/** Whether a resource of this type refers to the resource `id`, in any of its properties or in the given one. */
function isNamedBy(type: string, id: string, template: any, property?: string): boolean {
  return Object.values<any>(template.Resources)
    .filter(({ Type }) => Type === type)
    .some(({ Properties }) => JSON.stringify(property ? Properties[property] : Properties)?.includes(JSON.stringify(id)));
}
