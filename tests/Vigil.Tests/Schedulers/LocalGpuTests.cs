using Vigil.Monitoring;
using Vigil.Schedulers;
using static Vigil.Tests.Schedulers.LocalPlace;

namespace Vigil.Tests.Schedulers;

public sealed class LocalGpuTests : IDisposable
{
    private const string Shows = "echo $CUDA_VISIBLE_DEVICES:$CUDA_DEVICE_ORDER >>gpus; until [[ -e go ]]; do sleep 0.01; done";
    private readonly LocalPlace _place = new();
    public void Dispose() => _place.Dispose();

    private void Machine(params int[] busy)
    {
        _place.NvidiaSmi = $"{_place.Dir}/nvidia-smi";
        File.WriteAllText(_place.NvidiaSmi, $"""
            #!/bin/bash
            case $* in
              *--query-gpu=index,uuid*) printf '%s\n' '0, GPU-0' '1, GPU-1' '2, GPU-2' ;;
              *--query-compute-apps=*) {string.Concat(busy.Select(static n => $"echo 'GPU-{n}, 4711'; "))}: ;;
              *) exit 6 ;;
            esac
            """);
        Assert.Equal(0, Vigil.Platform.Libc.Chmod(_place.NvidiaSmi, 0x1C0));
    }

    [Fact]
    public async Task Gpus_are_handed_out_once_across_monitors_and_not_while_others_work_on_them()
    {
        Machine(busy: 1);
        var (first, second) = (_place.Monitor(cpus: 8), _place.Monitor(cpus: 8));
        var a = await Submit(first, _place.Request("a", Shows, gpus: 1));
        var b = await Submit(second, _place.Request("b", Shows, gpus: 1));
        var c = await Submit(first, _place.Request("c", Shows, gpus: 1));
        await Until(first, a, _ => File.Exists($"{_place.Dir}/gpus") && _place.Text("gpus").Split('\n').Length == 3);
        Assert.Equal(["", "0:PCI_BUS_ID", "2:PCI_BUS_ID"], _place.Text("gpus").Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal(JobState.Queued, (await Report(first, c)).State);
        File.WriteAllText($"{_place.Dir}/go", "");
        await End(second, b);
        Assert.Equal(JobState.Completed, (await End(first, c)).State);
        Assert.DoesNotContain("1:", _place.Text("gpus"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_gpu_is_handed_out_where_the_user_shares()
    {
        Machine(busy: [0, 1, 2]);
        File.WriteAllText($"{_place.Dir}/go", "");
        var monitor = _place.Monitor(shareGpus: true);
        Assert.Equal(JobState.Completed, (await End(monitor, await Submit(monitor, _place.Request("a", Shows, gpus: 3)))).State);
        Assert.Equal("0,1,2:PCI_BUS_ID\n", _place.Text("gpus"));
    }

    [Fact]
    public async Task Only_the_gpus_that_the_monitor_itself_may_see_are_handed_out()
    {
        Machine();
        File.WriteAllText($"{_place.Dir}/go", "");
        var monitor = _place.Monitor(visible: "2, GPU-1");
        var refused = Assert.Single(await monitor.SubmitAsync([_place.Request("many", Shows, gpus: 3).Alone()], TestContext.Current.CancellationToken));
        Assert.StartsWith("the run needs 3 GPUs, this machine has 2", refused.Refusal()!.Reason, StringComparison.Ordinal);
        await End(monitor, await Submit(monitor, _place.Request("a", Shows, gpus: 2)));
        Assert.Equal("1,2:PCI_BUS_ID\n", _place.Text("gpus"));
    }
}
