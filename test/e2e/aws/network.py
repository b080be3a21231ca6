"""The end of what a stack has made: moto's CloudFormation forgets these resources without deleting them, and then refuses to
delete their VPC. https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/parsing.py (parse_and_delete_resource)
"""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.internet_gateways import InternetGateway, VPCGatewayAttachment
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.subnets import SubnetRouteTableAssociation
from moto.ecs.models import Cluster, ecs_backends
from moto.elbv2.models import FakeListener, FakeTargetGroup, elbv2_backends


def install() -> None:
    def deletes(model: Any, delete: Any) -> None:
        model.delete = delete

    def disassociate(self: SubnetRouteTableAssociation, account_id: str, region: str) -> None:
        backend = ec2_backends[account_id][region]
        for association, subnet in list(backend.get_route_table(self.route_table_id)._associations.items()):
            if subnet == self.subnet_id:
                backend.disassociate_route_table(association)

    deletes(SubnetRouteTableAssociation, disassociate)
    deletes(Route, lambda self, account_id, region: ec2_backends[account_id][region].delete_route(self.route_table.id, self.destination_cidr_block))
    deletes(RouteTable, lambda self, account_id, region: ec2_backends[account_id][region].delete_route_table(self.id))
    deletes(NatGateway, lambda self, account_id, region: ec2_backends[account_id][region].delete_nat_gateway(self.id))
    deletes(ElasticAddress, lambda self, account_id, region: ec2_backends[account_id][region].release_address(address=self.public_ip))
    deletes(VPCGatewayAttachment, lambda self, account_id, region: ec2_backends[account_id][region].detach_internet_gateway(self.gateway_id, self.vpc_id))
    deletes(InternetGateway, lambda self, account_id, region: ec2_backends[account_id][region].delete_internet_gateway(self.id))
    deletes(Cluster, lambda self, account_id, region: ecs_backends[account_id][region].delete_cluster(self.name))
    deletes(FakeListener, lambda self, account_id, region: elbv2_backends[account_id][region].delete_listener(self.arn))
    deletes(FakeTargetGroup, lambda self, account_id, region: elbv2_backends[account_id][region].delete_target_group(self.arn))
