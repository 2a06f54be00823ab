using System.Text.Json;
using System.Text.Json.Serialization;

namespace FakeSlurm;

/// <summary>The cluster between two calls from other processes.</summary>
public sealed class StateFile : IDisposable
{
    private static readonly JsonSerializerOptions Form = new() { Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly FileStream _lock;
    private readonly string _path;

    private StateFile(string path, FileStream held, ClusterState state) => (_path, _lock, State) = (path, held, state);

    public ClusterState State { get; }

    /// <summary>Waits until no other call has the file.</summary>
    public static StateFile Open(string path)
    {
        var held = Lock($"{path}.lock");
        var state = File.Exists(path) ? JsonSerializer.Deserialize<ClusterState>(File.ReadAllText(path), Form)! : new ClusterState();
        state.ExecutionFolder = $"{path}.jobs";
        return new StateFile(path, held, state);
    }

    /// <summary>The state as JSON.</summary>
    public static string Text(ClusterState state) => JsonSerializer.Serialize(state, Form);

    /// <summary>Writes the state, whole.</summary>
    public void Save()
    {
        File.WriteAllText($"{_path}.new", Text(State));
        File.Move($"{_path}.new", _path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another call holds it for the moment of its answer.
                Thread.Sleep(2);
            }
        }
    }
}
