namespace FakeSlurm;

/// <summary>What the nodes still bear.</summary>
internal sealed class FreeNodes
{
    private readonly List<(string Name, int Cpus, int Gpus)> _nodes;
    private int _slots;

    public FreeNodes(ClusterState state)
    {
        var site = state.Site;
        var busy = state.Jobs.Where(job => job.State == JobStates.Running || job.CompletingUntil > state.Now).ToList();
        _slots = (site.Slots ?? int.MaxValue) - busy.Count;
        _nodes = [.. NodeNames.All(site).Where(node => !site.DownNodes.Contains(node)).Select(node => (node, site.CpusPerNode, site.GpusPerNode))];
        foreach (var job in busy) Book(job, job.NodeList);
    }

    public bool IsFull => _slots <= 0 || _nodes.TrueForAll(node => node.Cpus <= 0);

    /// <summary>The first nodes that bear the job, now taken; null where it does not fit.</summary>
    public List<string>? Take(FakeJob job)
    {
        var fits = _nodes.Where(node => node.Cpus >= CpusOnEach(job) && node.Gpus >= job.Gpus && !job.Excluded.Contains(node.Name)).Take(job.Nodes).Select(node => node.Name).ToList();
        if (fits.Count < job.Nodes) return null;
        Book(job, fits);
        _slots--;
        return fits;
    }

    private static int CpusOnEach(FakeJob job) => (job.Tasks * job.CpusPerTask + job.Nodes - 1) / job.Nodes;

    private void Book(FakeJob job, List<string> names)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            var node = _nodes[i];
            if (names.Contains(node.Name)) _nodes[i] = (node.Name, node.Cpus - CpusOnEach(job), node.Gpus - job.Gpus);
        }
    }
}
