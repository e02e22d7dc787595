#!/bin/sh
# Installs the named Debian packages; runs as root (tools/system_packages.py decides when and says why).
# Does not choose packages and never removes any.
#
# Debian starts a service as soon as its package is installed. Orthanc is wanted here as a program for the tests, on
# free ports of their own: a service would keep ports 4242 and 8042 and accept images from anyone on the network.
# So no service starts while we install (policy-rc.d, unless the machine already has one), and an Orthanc that came
# with this call stays switched off. An Orthanc that was here before is left as it was.
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
# Old lists may still do: only the install decides.
apt-get -qq -o DPkg::Lock::Timeout=300 update || echo "apt-get update failed; trying with the lists that are here." >&2
apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
for package in "$@"; do
    if [ "$package" = orthanc ]; then
        update-rc.d orthanc disable || true
    fi
done
