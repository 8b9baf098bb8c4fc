#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A Slurm cluster of one node on this host, without systemd, for tests.
# usage: cluster.sh up|down FOLDER     FOLDER is empty or a cluster's; what runs is ended by its pid files
set -eu
verb=$1
base=$2
host=$(hostname -s)

config_write()
{
    cat >"$base/slurm.conf" <<END
ClusterName=myotwitch
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$base/munge/munge.socket
CredType=cred/munge
SlurmctldPort=16827
SlurmdPort=16828
StateSaveLocation=$base/spool/control
SlurmdSpoolDir=$base/spool/node
SlurmctldPidFile=$base/slurmctld.pid
SlurmdPidFile=$base/slurmd.pid
SlurmctldLogFile=$base/log/slurmctld.log
SlurmdLogFile=$base/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000,bf_interval=1
ReturnToService=2
KillWait=2
MinJobAge=300
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
PlugStackConfig=/dev/null
NodeName=$host NodeHostname=$host NodeAddr=127.0.0.1 Port=16828 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

up()
{
    mkdir -p "$base/spool/control" "$base/spool/node" "$base/log" "$base/munge"
    chmod 711 "$base/munge"
    config_write
    dd if=/dev/urandom of="$base/munge/munge.key" bs=1024 count=1 2>"$base/log/dd"
    chmod 400 "$base/munge/munge.key"
    munged --force --key-file="$base/munge/munge.key" --socket="$base/munge/munge.socket" \
        --pid-file="$base/munged.pid" --log-file="$base/log/munged.log" \
        --seed-file="$base/munge/seed" --num-threads=2
    SLURM_CONF=$base/slurm.conf
    export SLURM_CONF
    slurmctld -c
    slurmd -N "$host"
    tries=0
    until sinfo -h -o %T 2>/dev/null | grep -q idle; do
        tries=$((tries + 1))
        [ "$tries" -le 120 ] || return 1
        sleep 0.25
    done
}

down()
{
    for name in slurmd slurmctld munged; do
        if [ -s "$base/$name.pid" ]; then
            kill "$(cat "$base/$name.pid")" 2>/dev/null || true
        fi
    done
}

PATH=$PATH:/usr/sbin
case $verb in
up) up ;;
down) down ;;
*) exit 2 ;;
esac
