# SPDX-License-Identifier: MIT
use strict;
use warnings;
use Orch;

sub show {
	my ($d) = @_;
	print "$d->{name}: $d->{ready} of $d->{desired}, $d->{state}\n";
}

my $c = Orch::Client->new($ARGV[0] // "");
my ($version) = Orch::version() =~ /^(\d+\.\d+)/;
print "liborch $version on ", $c->about(), "\n";

my $web = Orch::Spec->new("web", "nginx:1.27");
$web->{replicas} = 3;
$web->env("LEVEL", "info");
$c->apply($web);
show($c->wait_for("web", 60_000));
$c->scale("web", 5);
show($c->wait_for("web", 60_000));

my $found = $c->instances("web");
my $first = $found->item(0);
print $c->deployments("")->count(), " deployment, ", $found->count(),
	" instances, $first->{name} on $first->{node}\n";

eval { $c->scale("ghost", 1) };
if ($@ =~ /^IndexError (.*?) at /) {
	print "not found: $1 ", Orch::last_status(), "\n";
}
eval { Orch::Client->new("nonsense://") };
print "invalid\n" if $@ =~ /^ValueError /;

$c->remove("web", 60_000);
print "gone: ", $c->deployments("")->count(), " deployments\n";
