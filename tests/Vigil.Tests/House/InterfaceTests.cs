namespace Vigil.Tests.House;

public sealed class InterfaceTests
{
    [Fact]
    public void Every_interface_has_two_implementations_fakes_at_the_border_of_the_world_included()
    {
        Type[] all = [.. typeof(Vigil.Planning.RunId).Assembly.GetTypes(), .. typeof(Vigil.Schedulers.IScheduler).Assembly.GetTypes(), .. typeof(InterfaceTests).Assembly.GetTypes()];
        var lonely = from type in all
                     where type.IsInterface && type.Assembly != typeof(InterfaceTests).Assembly && type.Namespace?.StartsWith("Vigil", StringComparison.Ordinal) == true
                     let count = all.Count(other => other is { IsClass: true, IsAbstract: false } && type.IsAssignableFrom(other))
                     where count < 2
                     select $"{type.FullName} has {count}";

        Assert.Empty(lonely);
    }
}
